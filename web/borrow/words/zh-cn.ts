import type { en } from './en.ts'

export const zhCn = {
  borrow: {
    title: '借款成本试算',
    lead: '投资人竞相出借，您实际支付的利率只会低于、不会高于您输入的利率。所有金额精确到分。',
    amount: '借款金额',
    rate: '可接受的最高利率',
    term: '还款期数（月）',
    result: '试算结果',
    instalment: '每月还款',
    interest: '利息合计',
    total: '还款总额',
    note: '等额本息，末期因此前各期进位而略少。Lendbook 目前不收取费用。逾期还款将产生额外费用。',
    wait: '请输入金额、利率和期数。',
    schedule: '还款计划',
    number: '期数',
    principal: '本金',
    interestPart: '利息',
    left: '剩余本金',
    all: (count) => `显示全部 ${count} 期`,
    fewer: '收起',
  },
} satisfies typeof en
